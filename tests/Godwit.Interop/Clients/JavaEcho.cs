using Godwit.Interop.Brokers;
using Godwit.Interop.Running;

namespace Godwit.Interop.Clients;

/// <summary>The program <c>java/Echo.java</c> on FuseSource's mqtt-client, compiled once for the tests that need it.</summary>
public sealed class JavaEcho : IAsyncDisposable
{
    private const string Libraries = "/usr/share/java";

    private static readonly string[] Jars = ["mqtt-client.jar", "hawtbuf.jar", "hawtdispatch.jar", "hawtdispatch-transport.jar"];

    private readonly TemporaryDirectory _directory = new();
    private bool _isCompiled;

    /// <summary>Starts the program and waits until it has subscribed.</summary>
    public async Task<ProgramRun> StartAsync(BrokerAddress broker, string version, string clientId, bool isClean, string filter, string topic, int qos)
    {
        await CompileAsync();
        string[] program = ["-cp", ClassPath(), "Echo", broker.Host, broker.PortText, version, clientId];
        var run = ProgramRun.Start(Programs.Require("java", "default-jdk-headless"), [.. program, isClean ? "true" : "false", filter, topic, $"{qos}"]);
        try
        {
            await run.LineAsync(line => line is "ready", "ready line", patience: Deadlines.StartUp);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();

        return ValueTask.CompletedTask;
    }

    private string ClassPath() => string.Join(':', Jars.Select(jar => Path.Combine(Libraries, jar)).Append(_directory.Path));

    private async Task CompileAsync()
    {
        var compiler = Programs.Require("javac", "default-jdk-headless");
        Programs.RequireFile(Path.Combine(Libraries, Jars[0]), "Debian package libmqtt-client-java");
        if (_isCompiled)
        {
            return;
        }

        var source = Path.Combine(Repository.Interop, "java", "Echo.java");
        await using var run = ProgramRun.Start(compiler, ["-cp", ClassPath(), "-d", _directory.Path, source]);
        Assert.True(await run.EndAsync(Deadlines.StartUp) == 0, run.Transcript());
        _isCompiled = true;
    }
}
