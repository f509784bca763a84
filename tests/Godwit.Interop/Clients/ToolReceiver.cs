using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>A command line subscriber that runs.</summary>
public sealed class ToolReceiver : IReceiver
{
    private readonly MessageQueue _messages = new();
    private readonly LineLog _lines = new();
    private readonly IToolOutput _output;
    private readonly ProgramRun _run;

    private ToolReceiver(IReadOnlyList<string> via, string program, IEnumerable<string> arguments, IToolOutput output)
    {
        _output = output;
        _run = ProgramRun.Start(program, arguments, new RunOptions { Via = via, Environment = output.Environment, OnLine = Read });
        _ = EndLinesAsync();
    }

    /// <summary>Starts the subscriber and waits until it tells of its SUBACK.</summary>
    /// <param name="broker">The one that the arguments name.</param>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its options.</param>
    /// <param name="output">How it shows what happens.</param>
    public static async Task<IReceiver> StartAsync(BrokerAddress broker, string program, IEnumerable<string> arguments, IToolOutput output)
    {
        var receiver = new ToolReceiver(broker.Via, program, arguments, output);
        try
        {
            var subscribed = await receiver._lines.FindAsync(output.IsSubscribed, 1, Deadlines.StartUp);
            Assert.True(subscribed is not null, $"No SUBACK seen by {receiver._run.Transcript()}");

            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<ReceivedMessage> NextAsync() => _messages.NextAsync(_run.Transcript);

    /// <inheritdoc/>
    public async Task ClosedByBrokerAsync()
    {
        // The tools come back by themselves; a tool that ends instead has seen it too.
        var again = await _lines.FindAsync(_output.IsConnect, 2, Deadlines.Answer);
        Assert.True(again is not null || _run.OutputEnded.IsCompleted, $"The connection stays open: {_run.Transcript()}");
    }

    /// <inheritdoc/>
    public Task LeaveAsync() => _run.TerminateAsync();

    /// <inheritdoc/>
    public Task KillAsync() => _run.KillAsync();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    /// <summary>Who waits for a line of a program that has ended need not wait on.</summary>
    private async Task EndLinesAsync()
    {
        await _run.OutputEnded;
        _lines.End();
    }

    private void Read(string line)
    {
        _lines.Add(line);
        _output.Read(line, _messages);
    }
}
