using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>The script's own context in a played job: everything is the script's but the variables, which are those of the job.</summary>
internal sealed class PlayedContext(ICakeContext context, IReadOnlyDictionary<string, string> job) : CakeContextAdapter(context)
{
    public override ICakeEnvironment Environment { get; } = new PlayedEnvironment(context.Environment, job);

    /// <summary>The variables of the machine without those of a CI service, of credentials and of addresses; over them the job's.</summary>
    private sealed class PlayedEnvironment(ICakeEnvironment machine, IReadOnlyDictionary<string, string> job) : ICakeEnvironment
    {
        private static readonly string[] _prefixes =
        [
            "CI_",
            "GITLAB_",
            "GITHUB_",
            "ACTIONS_",
            "RUNNER_",
            "TWINE_",
            "SIGSTORE_",
            "COSIGN_",
            "FULCIO_",
            "REKOR_",
            "TSA_",
            "CERTIFICATE_",
            "GENERIC_PACKAGE",
            "PYPI_",
            "TESTPYPI_",
            "JENKINS_",
            "BUILDKITE_",
            "CIRCLE_",
            "AZURE_",
            "AWS_",
            "GOOGLE_",
        ];

        private static readonly string[] _words = ["TOKEN", "PASSWORD", "PASSPHRASE", "SECRET", "CREDENTIAL", "PRIVATE_KEY", "API_KEY"];

        // What a script or a person sets for the release itself; addresses and identities of PYSIGN_ variables are the job's to say.
        private static readonly string[] _kept = ["PYSIGN_PYTHON", "PYSIGN_SANDBOX", "PYSIGN_CA_FILE", "PYSIGN_PASS_VARIABLES"];

        public DirectoryPath WorkingDirectory
        {
            get => machine.WorkingDirectory;
            set => machine.WorkingDirectory = value;
        }

        public DirectoryPath ApplicationRoot => machine.ApplicationRoot;

        public ICakePlatform Platform => machine.Platform;

        public ICakeRuntime Runtime => machine.Runtime;

        public DirectoryPath GetSpecialPath(SpecialPath path) => machine.GetSpecialPath(path);

        public string? GetEnvironmentVariable(string variable) =>
            job.TryGetValue(variable, out var played) ? played
            : IsKept(variable) ? machine.GetEnvironmentVariable(variable)
            : null;

        public IDictionary<string, string?> GetEnvironmentVariables()
        {
            var all = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var (name, value) in machine.GetEnvironmentVariables().Where(pair => IsKept(pair.Key)))
            {
                all[name] = value;
            }

            foreach (var (name, value) in job)
            {
                all[name] = value;
            }

            return all;
        }

        private static bool IsKept(string name) =>
            name.StartsWith("PYSIGN_", StringComparison.OrdinalIgnoreCase)
                ? _kept.Contains(name, StringComparer.OrdinalIgnoreCase)
                : name != "CI"
                    && !_prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    && !_words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
