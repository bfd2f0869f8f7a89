// A user's script, as the README shows it; the version and the feed come from the environment.
#load nuget:?package=Cake.PySign&version=%PYSIGN_VERSION%

RunPySign(Argument("target", "PySign-Rehearse"));
