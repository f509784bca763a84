using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>Debian's <c>mosquitto_pub</c> and <c>mosquitto_sub</c> (C, libmosquitto); also the other end in every scenario.</summary>
public sealed class MosquittoTools : IClientProgram, IVersions
{
    private const string Package = "mosquitto-clients";

    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <inheritdoc/>
    public void SkipIfMissing()
    {
        Programs.Require("mosquitto_sub", Package);
        Programs.Require("mosquitto_pub", Package);
    }

    /// <inheritdoc/>
    public async Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request)
    {
        // Into a pipe mosquitto_sub writes its debug lines by the block; stdbuf makes that by the line, and becomes mosquitto_sub.
        var program = Programs.Require("stdbuf", "coreutils");
        string[] arguments = ["-oL", Programs.Require("mosquitto_sub", Package), .. MosquittoArguments.Subscribe(broker, request)];

        return await ToolReceiver.StartAsync(broker, program, [.. arguments, "-F", MosquittoOutput.Format], new MosquittoOutput());
    }

    /// <inheritdoc/>
    public async Task PublishAsync(BrokerAddress broker, PublishRequest request)
    {
        using var directory = new TemporaryDirectory();
        var program = Programs.Require("mosquitto_pub", Package);
        await using var run = ProgramRun.Start(
            program, MosquittoArguments.Publish(broker, request, directory), new RunOptions { Via = broker.Via });

        Assert.True(await run.EndAsync() == 0, run.Transcript());
        Assert.Empty(run.Errors.Lines);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
