using System.ComponentModel;
using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>
/// Gives a running broker another configuration: all of it, or nothing when anything is wrong. Everything is read and made first, then
/// exchanged step by step; a step that fails takes back those before it.
/// </summary>
/// <param name="load">Reads what was read at the start once more.</param>
/// <param name="running">The options the broker runs with; hot values are written to them.</param>
/// <param name="parts">In the order in which they change.</param>
public sealed class ConfigurationReloader(Func<LoadedConfiguration> load, ServerOptions running, IReadOnlyList<IReloadPart> parts)
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<IReloadPart> _parts = [.. parts, new HotValues(running)];

    /// <summary>What was read last: elements of arrays are taken over by parts, and are not written to the running options. Null: no reload yet.</summary>
    private ServerOptions? _applied;

    /// <summary>The files that were read last, to be watched; none before the first reload.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Reads everything again and applies what is hot. One reload at a time.</summary>
    public ReloadResult Reload()
    {
        lock (_lock)
        {
            LoadedConfiguration loaded;
            try
            {
                loaded = load();
            }
#pragma warning disable CA1031 // The one handler of sources: also a thread that cannot be started, which is told as no memory, ends the reload and not the broker.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return new ReloadResult(WordsOf(exception), [], [], []);        // e.g. no file descriptor is left
            }

            Files = loaded.Files;
            return loaded.IsValid ? Apply(loaded) : Failed(loaded, loaded.Errors);
        }
    }

    private ReloadResult Apply(LoadedConfiguration loaded)
    {
        var difference = ConfigurationDifference.Between(_applied ?? running, loaded.Options);
        var prepared = new List<(IReloadPart Part, IReloadStep Step)>();
        var applied = 0;
        try
        {
            foreach (var part in _parts)
            {
                if (Try(part, () => part.Prepare(loaded.Options, difference)) is { } step)
                {
                    prepared.Add((part, step));
                }
            }

            for (; applied < prepared.Count; applied++)
            {
                var (part, step) = prepared[applied];
                Try<object?>(part, () =>
                {
                    step.Apply();
                    return null;
                });
            }

            prepared.ForEach(entry => entry.Step.Commit());
        }
        catch (ServerStartException exception)
        {
            while (applied > 0)
            {
                prepared[--applied].Step.Undo();
            }

            return Failed(loaded, exception.Message);
        }
        finally
        {
            prepared.ForEach(entry => entry.Step.Dispose());
        }

        _applied = loaded.Options;
        return Done(loaded, difference, ConfigurationDifference.Between(running, loaded.Options));
    }

    /// <summary>Whatever a part throws ends the reload and not the broker.</summary>
    private static T Try<T>(IReloadPart part, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception)
        {
            throw new ServerStartException($"{part.Name}: {WordsOf(exception)}", ServerStartException.InvalidConfiguration);
        }
    }

    /// <summary>What the world has done is said in its words; a mistake of ours with the place where it was made.</summary>
    private static string WordsOf(Exception exception) =>
        exception is ServerStartException or IOException or UnauthorizedAccessException or Win32Exception ? exception.Message : exception.ToString();

    private ReloadResult Done(LoadedConfiguration loaded, ConfigurationDifference sinceLast, ConfigurationDifference sinceStart)
    {
        var changesListeners = _parts.Any(part => part.ChangesListeners);
        return new ReloadResult(
            null,
            [.. sinceLast.Changes.Where(change => change.IsHot).Select(change => change.ToString()), .. changesListeners ? Words(sinceLast.Listeners) : []],
            [.. sinceStart.Changes.Where(change => !change.IsHot).Select(change => change.ToString()), .. changesListeners ? [] : Words(sinceStart.Listeners)],
            WarningsOf(loaded));
    }

    private static IEnumerable<string> Words(IReadOnlyList<ListenerChange> changes) => changes.Select(change =>
    {
        var values = change.Changes.Count == 0 ? "" : $" ({string.Join(", ", change.Changes)})";
        return $"listener {change.Place}: {change.Kind.ToString().ToLowerInvariant()}{values}";
    });

    private static ReloadResult Failed(LoadedConfiguration loaded, string error) => new(error, [], [], WarningsOf(loaded));

    private static IReadOnlyList<string> WarningsOf(LoadedConfiguration loaded) =>
        [.. loaded.Messages.Where(message => !message.IsError).Select(message => message.ToString())];
}
