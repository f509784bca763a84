using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>Eclipse Paho for Python, Debian's <c>python3-paho-mqtt</c>.</summary>
public sealed class PahoPython : AgentProgram, ILibraryProgram, IVersions
{
    /// <summary>Debian's own Python: another one on the PATH does not see Debian's libraries.</summary>
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasLibrary = new(() =>
    {
        using var import = System.Diagnostics.Process.Start(Python, ["-c", "import importlib.util as u, sys; sys.exit(u.find_spec('paho') is None)"]);
        import.WaitForExit();
        return import.ExitCode == 0;
    });

    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <inheritdoc/>
    public override void SkipIfMissing()
    {
        Programs.RequireFile(Python, "Debian package python3");
        if (!HasLibrary.Value)
        {
            Assert.Skip("Python finds no paho.mqtt (Debian package python3-paho-mqtt)");
        }
    }

    /// <inheritdoc/>
    protected override Task<AgentHost> StartAsync(IReadOnlyList<string> via) =>
        AgentHost.StartAsync(via, Python, [Path.Combine(Repository.Interop, "python", "paho_agent.py")]);
}
