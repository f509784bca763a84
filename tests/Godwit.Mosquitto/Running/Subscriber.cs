using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>A <c>mosquitto_sub</c> that runs beside the others.</summary>
internal sealed class Subscriber(ProgramRun run) : IAsyncDisposable
{
    private const string Mark = "> ";

    /// <summary>Starts one; it prints each message as topic, payload, QoS and retain flag.</summary>
    internal static Subscriber Start(IEnumerable<string> words)
    {
        // Into a pipe mosquitto_sub writes its debug lines by the block; stdbuf makes that by the line, and becomes mosquitto_sub.
        var tool = Programs.Require("mosquitto_sub", "mosquitto-clients");
        return new(ProgramRun.Start(Programs.Require("stdbuf", "coreutils"), ["-oL", tool, "-d", "-F", Mark + "%t=%p q%q r%r", .. words]));
    }

    /// <summary>Waits for SUBACK, or for the end of the program.</summary>
    /// <returns>The granted QoS of each filter, or how the program ended.</returns>
    internal async Task<string> BeginAsync()
    {
        const string Subscribed = "Subscribed (mid: ";
        var line = await run.Output.FindAsync(line => line.StartsWith(Subscribed, StringComparison.Ordinal), 1, Deadlines.Answer);
        return line is null ? await EndAsync() : "granted" + line[line.IndexOf(':', Subscribed.Length)..].Replace(":", "", StringComparison.Ordinal);
    }

    /// <summary>Waits for a message on a topic that ends like this.</summary>
    /// <returns>All messages until then.</returns>
    internal async Task<string> UntilAsync(string topic)
    {
        var last = await run.Output.FindAsync(line => line.StartsWith(Mark, StringComparison.Ordinal) && line.Contains($"{topic}=", StringComparison.Ordinal), 1, Deadlines.Answer);
        Assert.True(last is not null, $"No message on {topic} at {run.Transcript()}");
        return Messages;
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <returns>Its messages, its exit code, and what it says on standard error.</returns>
    internal async Task<string> EndAsync()
    {
        var code = await run.EndAsync();
        return string.Join(' ', new[] { Messages, $"exit {code}", string.Join(' ', run.Errors.Lines) }.Where(part => part.Length > 0));
    }

    public ValueTask DisposeAsync() => run.DisposeAsync();

    private string Messages => string.Join("; ", run.Output.Lines.Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => line[Mark.Length..]));
}
