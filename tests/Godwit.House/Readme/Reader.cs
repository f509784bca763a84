using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Godwit.House.Readme;

/// <summary>
/// Follows the steps of a section, in as many terminals as it has. The only difference to what stands on the page: every client and
/// broker gets a free port and a place for its state, so that nothing else on the machine is in the way.
/// </summary>
/// <param name="folder">Where the commands run: the repository.</param>
public sealed partial class Reader(string folder) : IAsyncDisposable
{
    private readonly SortedDictionary<int, Terminal> _terminals = [];
    private readonly string _port = FreePort().ToString(CultureInfo.InvariantCulture);
    private readonly HashSet<Terminal> _brokers = [];
    private readonly DirectoryInfo _stateHome = Directory.CreateTempSubdirectory("godwit-reader-");
    private Terminal? _verboseBroker;

    /// <summary>Does and checks all steps.</summary>
    public async Task Follow(IReadOnlyList<Step> steps)
    {
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case StepKind.Run:
                    await TerminalOf(step).Start(WithPort(step.Text), runOn: false);
                    await TerminalOf(step).Finish();
                    break;

                case StepKind.RunOn:
                    await StartAndWait(TerminalOf(step), WithPort(step.Text));
                    break;

                case StepKind.Interrupt:
                    await TerminalOf(step).Interrupt();
                    break;

                case StepKind.Prints:
                    await Compare(step);
                    break;
            }
        }

        // Whatever nobody announced would show now, at the latest when the programs end.
        foreach (var terminal in _terminals.Values.Where(terminal => !_brokers.Contains(terminal)))
        {
            await terminal.Interrupt();
            Assert.Empty(terminal.Unseen);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var terminal in _terminals.Values.OrderBy(_brokers.Contains))
        {
            await terminal.DisposeAsync();
        }

        _stateHome.Delete(recursive: true);
    }

    /// <summary>Adds <c>-p</c> to every client and broker in some commands, and the port to the broker that is judged.</summary>
    public string WithPort(string commands) =>
        Judged().Replace(ClientOrBroker().Replace(commands, match => $"{match.Value} -p {_port}"), match => $"{match.Value}:{_port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsSubscribed(string line) => line.Contains("subscribe", StringComparison.OrdinalIgnoreCase)
        && !line.Contains("unsubscribe", StringComparison.OrdinalIgnoreCase);

    /// <summary>A broker is there when its table of listeners names the port; a subscriber, when a broker with -v has told of it.</summary>
    private async Task StartAndWait(Terminal terminal, string commands)
    {
        var subscriptions = _verboseBroker?.Everything.Lines.Count(IsSubscribed) ?? 0;
        await terminal.Start(commands, runOn: true);
        if (commands.Contains("godwit serve", StringComparison.Ordinal))
        {
            await terminal.WaitFor(line => line.Contains(_port, StringComparison.Ordinal), "the port it listens on");
            _brokers.Add(terminal);
            _verboseBroker = VerboseServe().IsMatch(commands) ? terminal : null;
        }
        else if (_verboseBroker is not null)
        {
            await terminal.WaitFor(_verboseBroker, IsSubscribed, subscriptions + 1, "a line for this subscription");
        }
    }

    private async Task Compare(Step step)
    {
        var expected = step.Text.TrimEnd('\n').Split('\n');
        var printed = new List<string>();
        if (step.Terminals.Count == 1)
        {
            printed.AddRange(await TerminalOf(step).Take(expected.Length));
        }
        else
        {
            var all = step.Terminals.Select(number => _terminals[number]).ToList();
            await Task.WhenAny(all.Select(terminal => terminal.Output.WaitUntil(_ => all.Sum(each => each.Unseen.Count) >= expected.Length, Terminal.Patience)));
            foreach (var terminal in all)
            {
                printed.AddRange(await terminal.Take(terminal.Unseen.Count));
            }

            printed.Sort(StringComparer.Ordinal);
        }

        Assert.Equal(expected, printed);
    }

    private Terminal TerminalOf(Step step)
    {
        var number = step.Terminals[0];
        if (!_terminals.TryGetValue(number, out var terminal))
        {
            _terminals.Add(number, terminal = new Terminal(number, folder, _stateHome.FullName));
        }

        return terminal;
    }

    [GeneratedRegex(@"(?:\./godwit (?:serve|pub|sub)|mosquitto_(?:pub|sub))\b")]
    private static partial Regex ClientOrBroker();

    [GeneratedRegex(@"\./godwit conformance localhost\b")]
    private static partial Regex Judged();

    [GeneratedRegex(@"godwit serve\b.* -v\b")]
    private static partial Regex VerboseServe();
}
