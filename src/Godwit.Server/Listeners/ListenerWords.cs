using System.Globalization;

namespace Godwit.Server.Listeners;

/// <summary>Words about listeners for the log and the start table.</summary>
internal static class ListenerWords
{
    /// <summary>Why nobody more comes in.</summary>
    internal static string Full(ListenerOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"ConnectionsMax={options.ConnectionsMax} connections are there already");

    /// <summary>What is spoken, as a URL would begin.</summary>
    internal static string Protocol(ListenerOptions options) => (options.Protocol, options.Tls) switch
    {
        (ListenerProtocol.WebSocket, null) => "ws",
        (ListenerProtocol.WebSocket, _) => "wss",
        (_, null) => "mqtt",
        _ => "mqtts",
    };

    /// <summary>Its name, or what stands for it.</summary>
    internal static string Name(ListenerOptions options) =>
        options.Name ?? options.UnixPath ?? string.Create(CultureInfo.InvariantCulture, $"{Protocol(options)} port {options.Port}");

    /// <summary>Who may connect.</summary>
    /// <param name="options">The listener.</param>
    /// <param name="isAuthenticated">Somebody is asked who clients are.</param>
    /// <param name="isLocal">It was bound where only this machine reaches it.</param>
    internal static string Audience(ListenerOptions options, bool isAuthenticated, bool isLocal)
    {
        var (everyone, where) = (options.UnixPath, isLocal) switch
        {
            (not null, _) => ("everyone who may open the socket", "who may open the socket"),
            (_, true) => ("everyone on this machine", "on this machine"),
            _ => ("everyone who can reach this address", "who can reach this address"),
        };
        var who = everyone;
        if (options.Tls?.ClientCertificate == ClientCertificateMode.Required)
        {
            who = isAuthenticated ? "users with a certificate" : "everyone with a certificate";
        }
        else if (isAuthenticated)
        {
            who = options.AllowAnonymous == true ? $"users, and anonymous clients {where}" : "users";       // with users, anonymous clients need the word
        }
        else if (!options.IsAnonymousAllowed)
        {
            who = "nobody";
        }

        return options.Allow.Count == 0 ? who : $"{who}, from {string.Join(", ", options.Allow)}";
    }
}
