namespace Cake.PySign.Test;

/// <summary>The tests could not be run on one interpreter; the others go on.</summary>
internal sealed class TestRunFailure(PyTestOutcome outcome, string problem) : Exception(problem)
{
    public PyTestOutcome Outcome { get; } = outcome;
}
