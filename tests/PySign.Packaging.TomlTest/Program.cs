using PySign.Packaging.TomlTest;

return Commands.Run(args, Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error);
