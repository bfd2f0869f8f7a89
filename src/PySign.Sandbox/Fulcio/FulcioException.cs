namespace PySign.Sandbox.Fulcio;

/// <summary>A refusal in grpc-gateway's terms: HTTP status, gRPC code (3 invalid argument, 13 internal), message.</summary>
internal sealed class FulcioException(int status, int code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public int Code { get; } = code;

    public static FulcioException Invalid(string message) => new(400, 3, message);
}
