namespace Cake.PySign.Test;

/// <summary>The tests did not pass on every interpreter. The message lists what failed, by interpreter.</summary>
public sealed class PyTestException : PySignException
{
    internal PyTestException(PySignFailure reason, string message, PyTestResult result, string? advice = null)
        : base(reason, message, advice) => Result = result;

    /// <summary>All that was found out, the passed runs included.</summary>
    /// <value>The same result that a passed run returns.</value>
    public PyTestResult Result { get; }
}
