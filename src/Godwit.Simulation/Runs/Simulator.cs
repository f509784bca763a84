using Godwit.Simulation.Oracles;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Runs;

/// <summary>Runs the real broker in a simulated world. One call is one seed; calls on different threads know nothing of each other.</summary>
public static class Simulator
{
    /// <summary>Runs one seed to its end or to the first broken invariant.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="duration">Virtual time until faults stop; null: the seed decides, 10 to 40 seconds.</param>
    /// <param name="trace">Gets one line an event; null for none.</param>
    public static SimulationResult Run(long seed, TimeSpan? duration = null, TextWriter? trace = null)
    {
        var random = new SeededRandom((ulong)seed);
        var plan = new RunPlan(random, duration);
        var record = new Trace(trace);
        var situations = new SituationSet();
        var world = new World(random.Fork(), plan, record, situations);
        string? invariant = null;
        var message = "";
        try
        {
            world.Run();
        }
        catch (ViolationException violation)
        {
            (invariant, message) = (violation.Invariant, violation.Message);
        }
#pragma warning disable CA1031 // Whatever the broker throws is the finding.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            (invariant, message) = ("crash", fault.ToString());
            trace?.WriteLine(message);
        }

        return new SimulationResult
        {
            Seed = seed,
            Invariant = invariant,
            Message = message,
            Steps = world.Timeline.Steps,
            Messages = world.Messages.Count,
            TraceHash = record.Hash,
            Situations = situations,
        };
    }
}
