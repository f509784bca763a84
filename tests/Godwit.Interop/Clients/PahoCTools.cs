using System.Globalization;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>
/// Debian's <c>paho_c_pub</c> and <c>paho_c_sub</c> (Eclipse Paho C, asynchronous API). They cannot ask for a persistent session,
/// nor stay away after a takeover: for that the small program <c>c/paho_session.c</c> is compiled against the same library
/// (synchronous API).
/// </summary>
public sealed class PahoCTools : IClientProgram, IVersions
{
    private const string Package = "paho.mqtt.c-examples";

    private readonly PahoSessionProgram _session = new();

    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <inheritdoc/>
    public void SkipIfMissing()
    {
        Programs.Require("paho_c_sub", Package);
        Programs.Require("paho_c_pub", Package);
    }

    /// <inheritdoc/>
    public async Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request)
    {
        var output = new PahoOutput();
        if (!request.CleanStart || request.IsTakenOver)
        {
            return await ToolReceiver.StartAsync(broker, await _session.BuildAsync(), PahoSessionProgram.Arguments(broker, request), output);
        }

        List<string> arguments = [.. Common(broker, request.Version), "-i", request.ClientId, "-q", Number(request.QoS), "-t", request.Filters[0]];
        arguments.AddRange(MosquittoArguments.Will(request.Will));

        return await ToolReceiver.StartAsync(broker, Programs.Require("paho_c_sub", Package), [.. arguments, "--verbose"], output);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(BrokerAddress broker, PublishRequest request)
    {
        using var directory = new TemporaryDirectory();
        List<string> arguments = [.. Common(broker, request.Version), "-i", Unique.Name("paho-c-pub"), "-q", Number(request.QoS), "-t", request.Topic];
        arguments.AddRange(request.Retain ? ["-r"] : []);
        arguments.AddRange(request.Payload.Length == 0 ? ["-n"] : ["-f", directory.Write("payload", request.Payload)]);
        if (request.Properties.MessageExpirySeconds is { } expiry)
        {
            arguments.AddRange(["--message-expiry", Number(expiry)]);
        }

        foreach (var (name, value) in request.Properties.UserProperties)
        {
            arguments.AddRange(["--user-property", name, value]);
        }

        arguments.AddRange(MosquittoArguments.Will(request.Will));
        await using var run = ProgramRun.Start(Programs.Require("paho_c_pub", Package), arguments, new RunOptions { Via = broker.Via });
        Assert.True(await run.EndAsync() == 0, run.Transcript());
        Assert.Empty(run.Errors.Lines);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static string[] Common(BrokerAddress broker, MqttVersion version) =>
        ["-h", broker.Host, "-p", broker.PortText, "-V", version switch
        {
            MqttVersion.Mqtt31 => "31",
            MqttVersion.Mqtt311 => "311",
            _ => "5",
        }];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
