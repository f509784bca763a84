using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Cli.Terminal;
using Godwit.Simulation.Runs;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit simulate</c>: runs the broker in a simulated world and checks its invariants, one seed after another.</summary>
internal sealed class SimulateCommand
{
    private const string Examples = """
        Examples:
          godwit simulate                        2,000 seeds from 1 on
          godwit simulate --seed 5000 --seeds 100000
          godwit simulate --seed 4711            one seed
          godwit simulate --seed 4711 --trace    one seed with every packet and event
          godwit simulate --seed 1 --minutes 30  half an hour of virtual time before faults stop

        Broker, clients and network live in one process, in virtual time. A seed decides everything: who takes part, what they do, and which
        connections break at which byte. The same seed gives the same run on every machine. What is checked: docs/simulation.md.
        A failure is one line: the seed, the step in which it showed, the invariant, and what happened.
        Exit codes: 0 all invariants held, 1 one was broken, or usage, 130 and 143 interrupted.
        """;

    private const int SeedsDefault = 2000;

    private readonly Option<string[]> _seed = ClientFlags.Value("--seed", null, "N", "The first seed. Alone: only this one.");
    private readonly Option<string[]> _seeds = ClientFlags.Value("--seeds", null, "N", "How many seeds. Default: 2000, or 1 with --seed.");
    private readonly Option<string[]> _minutes = ClientFlags.Value("--minutes", null, "N", "Virtual minutes until faults stop. Default: the seed decides, 10 to 40 seconds.");
    private readonly Option<bool> _trace = ClientFlags.Flag("--trace", null, "Print every packet and event; for one seed.");
    private readonly Option<bool> _quiet = ClientFlags.Flag("--quiet", "-q", "No progress.");

    private SimulateCommand()
    {
        Command = new ExampleCommand("simulate", "Run the broker in a simulated world with faults, and check that no promise is broken.", Examples)
        {
            _seed, _seeds, _minutes, _trace, _quiet,
        };
        Command.SetAction(result => ClientCommand.Run("simulate", () => Prepare(result)));
    }

    private Command Command { get; }

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create() => new SimulateCommand().Command;

    /// <summary>One line for a person.</summary>
    internal static string Describe(SimulationResult failure) =>
        string.Create(CultureInfo.InvariantCulture, $"seed {failure.Seed}, step {failure.Steps}: {failure.Invariant}: {failure.Message.Split('\n')[0].TrimEnd()}");

    private Func<Interruption, Task<int>> Prepare(ParseResult result)
    {
        var seed = ClientFlags.LastOf(result, _seed) is { } first ? ClientFlags.Number(first, 0, int.MaxValue, "seed") : 1;
        var hasSeed = ClientFlags.LastOf(result, _seed) is not null;
        var seeds = ClientFlags.LastOf(result, _seeds) is { } many ? ClientFlags.Number(many, 1, int.MaxValue, "number of seeds") : hasSeed ? 1 : SeedsDefault;
        TimeSpan? duration = ClientFlags.LastOf(result, _minutes) is { } minutes ? TimeSpan.FromMinutes(ClientFlags.Number(minutes, 1, 10_000, "number of minutes")) : null;
        if (!ClientFlags.IsSet(result, _trace))
        {
            return interruption => RunAsync(seed, seeds, duration, ClientFlags.IsSet(result, _quiet), interruption);
        }

        return seeds == 1
            ? _ => Task.FromResult(Trace(seed, duration))
            : throw new UsageException("--trace is for one seed: type --seed N.");
    }

    private static int Trace(long seed, TimeSpan? duration)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput());
        var result = Simulator.Run(seed, duration, output);
        output.WriteLine(result.HasFailed ? Describe(result) : $"seed {seed}: all invariants held");
        return result.HasFailed ? ClientErrors.Failed : 0;
    }

    private static async Task<int> RunAsync(long seed, int seeds, TimeSpan? duration, bool isQuiet, Interruption interruption)
    {
        var (done, failed, messages) = (0, 0, 0L);
        await WorkProgress.RunAsync("Simulating", seeds, isQuiet, async step =>
        {
            await Campaign.RunAsync(seed, seeds, Environment.ProcessorCount, Add, duration, interruption.Token).ConfigureAwait(false);
            return 0;

            void Add(SimulationResult result)
            {
                done++;
                messages += result.Messages;
                if (result.HasFailed)
                {
                    failed++;
                    Console.Out.WriteLine(Describe(result));
                }

                step(string.Create(CultureInfo.InvariantCulture, $"{failed} failed"));
            }
        }).ConfigureAwait(false);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} seeds, {messages} messages, {failed} failed"));
        return failed > 0 ? ClientErrors.Failed : interruption.ExitCode;
    }
}
