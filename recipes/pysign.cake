using Cake.PySign.Recipe;

// The recipe: registers the PySign tasks and reads their parameters. Everything else is C# in Cake.PySign.
var PySign = PySignTasks.Register(Task, ReleaseOptions.From(Context));

// Runs a target and keeps the failing stage's own exit code.
CakeReport RunPySign(string target) => PySignTasks.Run(RunTarget, target);
