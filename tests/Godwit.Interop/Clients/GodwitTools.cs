using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>Our own <c>godwit pub</c> and <c>godwit sub</c> with the option lines of mosquitto_pub and mosquitto_sub.</summary>
public sealed class GodwitTools : IClientProgram, IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <inheritdoc/>
    public void SkipIfMissing() => GodwitProgram.Require();

    /// <inheritdoc/>
    public async Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request)
    {
        string[] arguments = ["sub", .. MosquittoArguments.Subscribe(broker, request), "-v"];

        return await ToolReceiver.StartAsync(broker, GodwitProgram.Require(), arguments, new GodwitOutput());
    }

    /// <inheritdoc/>
    public async Task PublishAsync(BrokerAddress broker, PublishRequest request)
    {
        using var directory = new TemporaryDirectory();
        string[] arguments = ["pub", .. MosquittoArguments.Publish(broker, request, directory)];
        await using var run = ProgramRun.Start(GodwitProgram.Require(), arguments, new RunOptions { Via = broker.Via });

        Assert.True(await run.EndAsync(Deadlines.StartUp) == 0, run.Transcript());
        Assert.Empty(run.Errors.Lines);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
