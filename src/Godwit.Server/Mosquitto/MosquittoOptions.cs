using Godwit.Broker;

namespace Godwit.Server.Mosquitto;

/// <summary>Every option of <c>mosquitto.conf</c>, of versions 2.0 and 2.1.</summary>
public static class MosquittoOptions
{
    /// <summary>All of them, in the order of docs/mosquitto.md.</summary>
    public static IReadOnlyList<MosquittoOption> All { get; } =
    [
        .. MosquittoListenerTable.Rows,
        .. MosquittoSecurityTable.Rows,
        .. MosquittoGeneralTable.Rows,
        .. MosquittoBridgeTable.Rows,
    ];

    private static readonly Dictionary<string, MosquittoOption> ByName = All.ToDictionary(option => option.Name, StringComparer.Ordinal);

    /// <summary>Finds an option; its name is written in small letters, as in Mosquitto.</summary>
    /// <param name="name">As it stands in the file.</param>
    /// <returns>Null: there is no such option.</returns>
    public static MosquittoOption? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith("plugin_opt_", StringComparison.Ordinal))
        {
            return ByName["plugin_opt_*"];
        }

        return name.StartsWith("auth_opt_", StringComparison.Ordinal) ? ByName["auth_opt_*"] : ByName.GetValueOrDefault(name);
    }

    /// <summary>The option that was probably meant.</summary>
    public static string Nearest(string name) => NearestName.Of(name, ByName.Keys);
}
