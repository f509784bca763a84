using System.Globalization;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary>What <c>godwit serve</c> was started with. A reload reads the same again: the file may say something else by then.</summary>
/// <param name="file">Null: none was named.</param>
/// <param name="assignments">Of <c>--set</c>.</param>
/// <param name="flags">Options that stand for keys.</param>
/// <param name="listener">Options about the one listener.</param>
internal sealed class ServeArguments(
    string? file,
    IReadOnlyList<string> assignments,
    IReadOnlyList<(string Flag, string Key, string Value)> flags,
    ServeListenerFlags listener)
{
    /// <summary>Reads all sources.</summary>
    internal LoadedConfiguration Load()
    {
        var loaded = Load(flags);
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
            return Load([.. flags, .. AsKeys()]);
        }

        loaded.Options.Port = listener.Port ?? loaded.Options.Port;
        loaded.Options.Addresses = addresses;
        loaded.Options.AllowAnonymous = listener.AllowAnonymous;
        return loaded;
    }

    private LoadedConfiguration Load(IReadOnlyList<(string Flag, string Key, string Value)> all) =>
        ConfigWork.Load(file, new CommandLineSource(assignments, all));

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
