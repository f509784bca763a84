using System.Globalization;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary>What <c>godwit serve</c> was started with. A reload reads the same again: the file may say something else by then.</summary>
/// <param name="file">Null: none was named.</param>
/// <param name="assignments">Of <c>--set</c>.</param>
/// <param name="flags">Options that stand for keys.</param>
/// <param name="listener">Options about the one listener.</param>
/// <param name="isReportOnly">Rules and limits are on trial, those of every set too.</param>
internal sealed class ServeArguments(
    string? file,
    IReadOnlyList<string> assignments,
    IReadOnlyList<(string Flag, string Key, string Value)> flags,
    ServeListenerFlags listener,
    bool isReportOnly)
{
    /// <summary>Reads all sources.</summary>
    internal LoadedConfiguration Load()
    {
        var all = flags;
        var loaded = Load(all);
        if (isReportOnly && loaded.Options.Acl.Sets.Count > 0)
        {
            all = [.. flags, .. loaded.Options.Acl.Sets.Select((_, index) => ("--report-only", string.Create(CultureInfo.InvariantCulture, $"Acl:Sets:{index}:ReportOnly"), "true"))];
            loaded = Load(all);
        }

        if (!listener.IsAny)
        {
            return loaded;
        }

        var addresses = listener.Addresses(out var error);
        var origin = new ConfigurationOrigin("command line");
        if (error is null && loaded.Options.Listeners.Count > 1)
        {
            error = $"-p, --bind and --allow-anonymous are for one listener, and there are {loaded.Options.Listeners.Count}: use --set Listeners:0:Port=1883, for example.";
        }

        if (error is not null)
        {
            return loaded with { Messages = [.. loaded.Messages, new ConfigurationMessage(origin, IsError: true, error)] };
        }

        if (loaded.Options.Listeners.Count == 1)
        {
            return Load([.. all, .. AsKeys()]);
        }

        loaded.Options.Port = listener.Port ?? loaded.Options.Port;
        loaded.Options.Addresses = addresses;
        loaded.Options.AllowAnonymous = listener.AllowAnonymous;
        return loaded;
    }

    private LoadedConfiguration Load(IReadOnlyList<(string Flag, string Key, string Value)> keys) =>
        ConfigWork.Load(file, new CommandLineSource(assignments, keys));

    private IEnumerable<(string Flag, string Key, string Value)> AsKeys()
    {
        if (listener.Port is { } port)
        {
            yield return ("--port", "Listeners:0:Port", port.ToString(CultureInfo.InvariantCulture));
        }

        if (listener.Bind.Count > 0)
        {
            yield return ("--bind", "Listeners:0:Addresses", string.Join(',', listener.Bind));
        }

        if (listener.AllowAnonymous)
        {
            yield return ("--allow-anonymous", "Listeners:0:AllowAnonymous", "true");
            yield return ("--allow-anonymous", "Listeners:0:AllowPlainText", "true");
        }
    }
}
