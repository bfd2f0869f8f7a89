using Cake.Core.IO;

namespace Cake.PySign.Common.Processes;

/// <summary>A Python that can import the module asked for.</summary>
internal sealed record PythonInterpreter(FilePath Path, string Version, string Module, string ModuleVersion);
