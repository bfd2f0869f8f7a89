#load nuget:?package=Cake.PySign&version=0.1.0

RunPySign(Argument("target", "PySign-Release"));
