using PySign.Sandbox.Application;

try
{
    await SandboxProcess.RunAsync(CommandLine.Parse(args));
    return 0;
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
catch (IOException exception)
{
    await Console.Error.WriteLineAsync($"The sandbox cannot start: {exception.Message}");
    return 1;
}
