using Godwit.Testing.Running;

namespace Godwit.Testing.Brokers;

/// <summary>The executable <c>godwit</c> of this build; the environment variable <c>GODWIT_EXE</c> names another one.</summary>
public static class GodwitProgram
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    /// <summary>The full path of the executable.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("GODWIT_EXE") is { Length: > 0 } chosen
        ? chosen
        : System.IO.Path.Combine(Repository.Root, "src", "Godwit.Cli", "bin", Configuration, "net10.0", "godwit");

    /// <summary>Fails, not skips, when the executable is missing: it is what the tests are about.</summary>
    public static string Require()
    {
        Assert.True(File.Exists(Path), $"'{Path}' is not there: build the solution, or set GODWIT_EXE");

        return Path;
    }
}
