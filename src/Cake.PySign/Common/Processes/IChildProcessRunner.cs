namespace Cake.PySign.Common.Processes;

/// <summary>Runs a program to its end. Tests replace it to see the exact arguments and to play a tool's output.</summary>
internal interface IChildProcessRunner
{
    /// <summary>Runs the program and returns whatever its exit code is.</summary>
    /// <exception cref="PySignException">The program could not be started (<see cref="PySignFailure.ToolNotFound"/>) or took too long
    /// (<see cref="PySignFailure.TimedOut"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the whole process tree was ended.</exception>
    Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken);
}
