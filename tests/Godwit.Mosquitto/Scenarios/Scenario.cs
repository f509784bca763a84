using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>What the clients of each example do.</summary>
internal static class Scenario
{
    private static readonly Dictionary<string, Func<ExampleRun, Task>> All = new(StringComparer.Ordinal)
    {
        ["acl"] = AccessScenarios.AclAsync,
        ["acl-patterns"] = AccessScenarios.PatternsAsync,
        ["bind-interface"] = ListenerScenarios.EverydayAsync,
        ["client-certificates"] = TlsScenarios.ClientCertificatesAsync,
        ["debian"] = ListenerScenarios.EverydayAsync,
        ["edge"] = SessionScenarios.AwayAsync,
        ["global-plugins"] = PluginScenarios.GlobalAsync,
        ["guests"] = AccessScenarios.GuestsAsync,
        ["home"] = AccessScenarios.HomeAsync,
        ["include-dir"] = ListenerScenarios.IncludedAsync,
        ["keepalive"] = SessionScenarios.KeepAliveAsync,
        ["lan"] = ListenerScenarios.EverydayAsync,
        ["limits"] = SessionScenarios.LimitsAsync,
        ["log"] = ListenerScenarios.LogAsync,
        ["log-topic"] = ListenerScenarios.LogTopicAsync,
        ["many-names"] = TlsScenarios.ManyNamesAsync,
        ["mount-point"] = ListenerScenarios.MountPointAsync,
        ["names"] = AccessScenarios.NamesAsync,
        ["no-retain"] = SessionScenarios.NoRetainAsync,
        ["old-style"] = ListenerScenarios.OldStyleAsync,
        ["per-listener"] = AccessScenarios.PerListenerAsync,
        ["persistence"] = SessionScenarios.RestartAsync,
        ["plugins"] = PluginScenarios.FilesAsync,
        ["proxy"] = ListenerScenarios.ProxyAsync,
        ["retain-source"] = AccessScenarios.RetainSourceAsync,
        ["revoked"] = TlsScenarios.RevokedAsync,
        ["secure-websockets"] = TlsScenarios.WebSocketsAsync,
        ["system-topics"] = SessionScenarios.SystemTopicsAsync,
        ["tls"] = TlsScenarios.PasswordAsync,
        ["tls13"] = TlsScenarios.VersionAsync,
        ["unix-socket"] = ListenerScenarios.UnixSocketAsync,
        ["websockets"] = ListenerScenarios.WebSocketsAsync,
    };

    /// <summary>The names of the examples that have one.</summary>
    internal static IEnumerable<string> Names => All.Keys;

    /// <summary>Runs the clients of an example against one broker.</summary>
    /// <returns>What they saw.</returns>
    internal static async Task<IReadOnlyDictionary<string, string>> RunAsync(string name, BrokerKind kind)
    {
        await using var broker = await ExampleBroker.StartAsync(kind, name);
        await using var run = new ExampleRun(broker);
        try
        {
            await All[name](run);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{kind}: {exception.Message}\n{broker.Transcript}", exception);
        }

        await broker.StopAsync();
        return run.Seen;
    }
}
