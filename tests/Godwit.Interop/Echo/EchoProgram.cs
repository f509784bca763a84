using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Echo;

/// <summary>
/// A small program on a client library that publishes each message it gets on another topic; compiled once when it has to be.
/// Its arguments: host, port, version, client id, clean, filter, topic, QoS. Its will, on that topic, is <c>gone</c>; after a
/// message <c>leave</c> it disconnects and ends.
/// </summary>
public abstract class EchoProgram : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private bool _isCompiled;

    /// <summary>Where the compiler writes.</summary>
    protected string OutputDirectory => _directory.Path;

    /// <summary>Skips the running test when a compiler, a runtime or the library is missing.</summary>
    public abstract void SkipIfMissing();

    /// <summary>Starts the program and waits until it has subscribed.</summary>
    public async Task<ProgramRun> StartAsync(BrokerAddress broker, MqttVersion version, string clientId, bool isClean, string filter, string topic, int qos)
    {
        if (!_isCompiled && Compiler() is { } compiler)
        {
            await using var compilation = ProgramRun.Start(compiler.Program, compiler.Arguments);
            Assert.True(await compilation.EndAsync(Deadlines.StartUp) == 0, compilation.Transcript());
        }

        _isCompiled = true;
        var (program, arguments) = Program();
        string[] own = [broker.Host, broker.PortText, Name(version), clientId, isClean ? "true" : "false", filter, topic, $"{qos}"];
        var run = ProgramRun.Start(program, [.. arguments, .. own], new RunOptions { Via = broker.Via });
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
        GC.SuppressFinalize(this);

        return ValueTask.CompletedTask;
    }

    /// <summary>How the program is compiled; null when it is not.</summary>
    protected abstract (string Program, IReadOnlyList<string> Arguments)? Compiler();

    /// <summary>How the program is run, without its own arguments.</summary>
    protected abstract (string Program, IReadOnlyList<string> Arguments) Program();

    private static string Name(MqttVersion version) => version switch
    {
        MqttVersion.Mqtt31 => "3.1",
        MqttVersion.Mqtt311 => "3.1.1",
        _ => "5",
    };
}
