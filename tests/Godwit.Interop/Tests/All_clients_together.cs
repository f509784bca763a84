using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Tests;

/// <summary>Every client program at once on one topic: each publishes, and each gets what all of them have published.</summary>
public sealed class All_clients_together(BrokerUnderTest broker)
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), Spec("R28", "R54", "R55")]
    public async Task Each_gets_the_messages_of_all(int qos)
    {
        var topic = Unique.Name("together");
        List<IClientProgram> programs = [new MosquittoTools(), new PahoPython(), new MqttJs(), new PahoJs(), new PahoCTools(), new GodwitTools()];
        List<IReceiver> receivers = [];
        try
        {
            foreach (var program in programs)
            {
                program.SkipIfMissing();
                receivers.Add(await program.SubscribeAsync(broker.Address, Request(topic, receivers.Count)));
            }

            await Task.WhenAll(programs.Select((program, number) =>
                program.PublishAsync(broker.Address, PublishRequest.Of(Version(number), $"{topic}/{number}", $"from {program.GetType().Name}", qos))));

            var expected = programs.ConvertAll(program => $"from {program.GetType().Name}");
            expected.Sort(StringComparer.Ordinal);
            foreach (var receiver in receivers)
            {
                Assert.Equal(expected, await TextsAsync(receiver, programs.Count));
            }
        }
        finally
        {
            foreach (var receiver in receivers)
            {
                await receiver.DisposeAsync();
            }

            foreach (var program in programs)
            {
                await program.DisposeAsync();
            }
        }
    }

    /// <summary>5.0 and 3.1.1 in turn; Paho for JavaScript, the fourth, speaks 3.1.1 at most.</summary>
    private static MqttVersion Version(int number) => number % 2 == 0 ? MqttVersion.Mqtt5 : MqttVersion.Mqtt311;

    private static SubscribeRequest Request(string topic, int number) => new()
    {
        Version = Version(number),
        Filters = [$"{topic}/+"],
        QoS = 2,
        ClientId = Unique.Name("together"),
    };

    private static async Task<List<string>> TextsAsync(IReceiver receiver, int count)
    {
        List<string> texts = [];
        for (var number = 0; number < count; number++)
        {
            texts.Add((await receiver.NextAsync()).Text);
        }

        texts.Sort(StringComparer.Ordinal);
        return texts;
    }
}
