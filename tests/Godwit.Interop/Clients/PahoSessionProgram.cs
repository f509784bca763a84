using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>The program <c>c/paho_session.c</c>, compiled once for the tests that need it.</summary>
public sealed class PahoSessionProgram : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SemaphoreSlim _once = new(1);
    private string? _program;

    /// <summary>Options of the program.</summary>
    public static IReadOnlyList<string> Arguments(BrokerAddress broker, SubscribeRequest request)
    {
        Assert.Null(request.Will);
        var version = request.Version switch
        {
            MqttVersion.Mqtt31 => "3",
            MqttVersion.Mqtt311 => "4",
            _ => "5",
        };
        var address = $"tcp://{broker.Host}:{broker.PortText}";

        return [address, version, request.ClientId, request.CleanStart ? "1" : "0", request.QoS.ToString(CultureInfo.InvariantCulture), .. request.Filters];
    }

    /// <summary>Compiles the program; skips the test when the compiler or the library is missing.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> BuildAsync()
    {
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _program ??= await CompileAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        _once.Dispose();

        return ValueTask.CompletedTask;
    }

    private async Task<string> CompileAsync()
    {
        var compiler = Programs.Require("gcc", "gcc");
        Programs.RequireFile("/usr/include/MQTTClient.h", "Debian package libpaho-mqtt-dev");
        var program = Path.Combine(_directory.Path, "paho_session");
        var source = Path.Combine(Repository.Interop, "c", "paho_session.c");
        await using var run = ProgramRun.Start(compiler, ["-Wall", "-Werror", "-o", program, source, "-lpaho-mqtt3c"]);
        Assert.True(await run.EndAsync(Deadlines.StartUp) == 0, run.Transcript());

        return program;
    }
}
