using System.Text.RegularExpressions;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>Clients of one broker, and what they see: a list of named observations that is compared with that of the other broker.</summary>
internal sealed class ExampleRun(ExampleBroker broker) : IAsyncDisposable
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private readonly List<Subscriber> _subscribers = [];

    /// <summary>What was seen, by name.</summary>
    internal IReadOnlyDictionary<string, string> Seen => _seen;

    internal ExampleBroker Broker { get; } = broker;

    internal Example Example => Broker.Example;

    /// <summary>Adds an observation.</summary>
    internal void See(string name, string value)
    {
        Assert.True(_seen.TryAdd(name, value), $"'{name}' is seen twice");
    }

    /// <summary>Runs <c>mosquitto_pub</c> to its end and sees its exit code and its complaint.</summary>
    /// <param name="name">Of the observation.</param>
    /// <param name="command">Its arguments, with the ports and paths of the example.</param>
    internal async Task PublishAsync(string name, string command)
    {
        var words = CommandWords.Of(command, Example);
        await using var run = ProgramRun.Start(Programs.Require("mosquitto_pub", "mosquitto-clients"), words);
        var code = await run.EndAsync();
        See(name, string.Join(' ', run.Errors.Lines.Append($"exit {code}")));
    }

    /// <summary>Runs one <c>mosquitto_pub</c> after the other.</summary>
    internal async Task PublishAllAsync(params (string Name, string Command)[] all)
    {
        foreach (var (name, command) in all)
        {
            await PublishAsync(name, command);
        }
    }

    /// <summary>Runs <c>mosquitto_pub</c> to its end.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> ExitCodeAsync(string command)
    {
        await using var run = ProgramRun.Start(Programs.Require("mosquitto_pub", "mosquitto-clients"), CommandWords.Of(command, Example));
        return await run.EndAsync();
    }

    /// <summary>Runs <c>mosquitto_pub</c> until it succeeds: when the broker has noticed that another client is gone is its own affair.</summary>
    internal async Task PublishUntilAcceptedAsync(string name, string command)
    {
        var deadline = DateTime.UtcNow + Deadlines.Answer;
        while (await ExitCodeAsync(command) != 0)
        {
            Assert.True(DateTime.UtcNow < deadline, $"{name}: refused until the end. {Broker.Transcript}");
        }

        See(name, "accepted");
    }

    /// <summary>Starts <c>mosquitto_sub</c>; sees what it is granted, or how it ends.</summary>
    internal async Task<Subscriber> SubscribeAsync(string name, string command)
    {
        var subscriber = Subscriber.Start(CommandWords.Of(command, Example));
        _subscribers.Add(subscriber);
        See(name, await subscriber.BeginAsync());
        return subscriber;
    }

    /// <summary>Waits for a message and sees all that came before it.</summary>
    internal async Task ReceiveAsync(string name, Subscriber subscriber, string until) => See(name, await subscriber.UntilAsync(until));

    /// <summary>Runs <c>mosquitto_sub</c> to its end; sees its messages and its exit code. It needs -C or -W.</summary>
    internal async Task CollectAsync(string name, string command)
    {
        var subscriber = Subscriber.Start(CommandWords.Of(command, Example));
        _subscribers.Add(subscriber);
        See(name, await subscriber.EndAsync());
    }

    /// <summary>Ends a subscriber without a word, so that its session stays behind.</summary>
    internal async Task DropAsync(Subscriber subscriber)
    {
        _subscribers.Remove(subscriber);
        await subscriber.DisposeAsync();
    }

    /// <summary>Sees how many lines of the log match, once at least one does.</summary>
    internal async Task LogAsync(string name, string pattern)
    {
        var path = Example.PathOf("/var/log/mosquitto/mosquitto.log");
        var regex = new Regex(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(2);
        while (true)
        {
            var count = File.Exists(path) ? File.ReadAllLines(path).Count(regex.IsMatch) : 0;
            if (count > 0 || DateTime.UtcNow > deadline)
            {
                See(name, $"{count}");
                return;
            }

            await Task.Delay(20, CancellationToken.None);               // the file is another process's
        }
    }

    /// <summary>Sees that there is a file, once it is there.</summary>
    internal async Task FileAsync(string name, string path)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(2);
        while (!File.Exists(Example.PathOf(path)) && DateTime.UtcNow < deadline)
        {
            await Task.Delay(20, CancellationToken.None);               // as above
        }

        See(name, File.Exists(Example.PathOf(path)).ToString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in _subscribers)
        {
            await subscriber.DisposeAsync();
        }
    }
}
