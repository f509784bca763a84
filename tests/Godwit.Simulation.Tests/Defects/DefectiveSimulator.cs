using System.Reflection;
using System.Runtime.Loader;
using Godwit.Testing.Running;

namespace Godwit.Simulation.Tests.Defects;

/// <summary>The simulator around a broker that can be made wrong on purpose: built once with <c>-p:Defects=true</c>, into a folder of its own.</summary>
public sealed class DefectiveSimulator : IAsyncLifetime
{
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    private Action<string?> _choose = null!;
    private MethodInfo _run = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "defects");
        string[] arguments =
        [
            "build", Path.Combine(Repository.Root, "src", "Godwit.Simulation"), "-c", "Release", "-nologo", "-v:quiet", "-tl:off",
            "-p:Defects=true", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false", "--artifacts-path", folder,
        ];
        await using var build = ProgramRun.Start("dotnet", arguments);
        Assert.True(await build.EndAsync(BuildPatience) == 0, build.Transcript());

        var assemblies = new Assemblies(Path.Combine(folder, "bin", "Godwit.Simulation", "release"));
        var defect = assemblies.Load("Godwit.Protocol").GetType("Godwit.Protocol.Defect", throwOnError: true)!;
        _choose = defect.GetMethod("Choose")!.CreateDelegate<Action<string?>>();
        _run = assemblies.Load("Godwit.Simulation").GetType("Godwit.Simulation.Runs.Simulator", throwOnError: true)!.GetMethod("Run")!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs one seed with a mistake in the broker, or without one.</summary>
    /// <returns>Which invariant broke and how; null when all held.</returns>
    public string? Run(string? defect, long seed)
    {
        _choose(defect);
        try
        {
            var result = _run.Invoke(null, [seed, null, null])!;
            var invariant = (string?)result.GetType().GetProperty("Invariant")!.GetValue(result);
            return invariant is null ? null : $"{invariant}: {result.GetType().GetProperty("Message")!.GetValue(result)}";
        }
        finally
        {
            _choose(null);
        }
    }

    /// <summary>Loads our own assemblies from that folder, beside those of the tests.</summary>
    private sealed class Assemblies(string folder) : AssemblyLoadContext("defects")
    {
        public Assembly Load(string name) => LoadFromAssemblyPath(Path.Combine(folder, name + ".dll"));

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name!.StartsWith("Godwit.", StringComparison.Ordinal) ? Load(assemblyName.Name) : null;
    }
}
