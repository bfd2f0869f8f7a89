using Cake.Core;
using Cake.PySign.Recipe;
using NSubstitute;

namespace Cake.PySign.Tests.Rig;

/// <summary>The recipe's tasks on a real engine, run the way the packaged script runs them.</summary>
internal sealed class TaskRun
{
    private readonly CakeRig _rig;
    private readonly CakeEngine _engine;

    public TaskRun(CakeRig rig, ReleaseOptions? options = null)
    {
        _rig = rig;
        _engine = new CakeEngine(new CakeDataService(), rig.Log);
        Tasks = PySignTasks.Register(_engine.RegisterTask, options ?? ReleaseOptions.From(rig.Context));
    }

    public PySignTasks Tasks { get; }

    public IReadOnlyList<ICakeTaskInfo> Registered => _engine.Tasks;

    public CakeTaskBuilder Task(string name) => _engine.RegisterTask(name);

    public CakeReport Run(string target) =>
        PySignTasks.Run(
            name =>
                _engine
                    .RunTargetAsync(
                        _rig.Context,
                        new DefaultExecutionStrategy(_rig.Log, Substitute.For<ICakeReportPrinter>()),
                        new ExecutionSettings().SetTarget(name)
                    )
                    .GetAwaiter()
                    .GetResult(),
            target
        );
}
