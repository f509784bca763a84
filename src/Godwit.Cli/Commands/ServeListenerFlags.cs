using System.Net;

namespace Godwit.Cli.Commands;

/// <summary>The options of <c>godwit serve</c> about the one listener of a broker without a file, or of the only one in a file.</summary>
/// <param name="Port">Null: not typed.</param>
/// <param name="Bind">Addresses as typed.</param>
/// <param name="AllowAnonymous">Everybody who can reach it may connect, without encryption.</param>
internal sealed record ServeListenerFlags(int? Port, IReadOnlyList<string> Bind, bool AllowAnonymous)
{
    /// <summary>At least one was typed.</summary>
    internal bool IsAny => Port is not null || Bind.Count > 0 || AllowAnonymous;

    /// <summary>The addresses, or what is wrong with one.</summary>
    internal IPAddress[] Addresses(out string? error)
    {
        error = null;
        var addresses = new List<IPAddress>();
        foreach (var text in Bind)
        {
            var bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
            if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            {
                addresses.Add(IPAddress.Loopback);
            }
            else if (IPAddress.TryParse(bare, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                error = $"--bind {text}: not an IP address. Use one of this machine's, or 0.0.0.0 for all.";
            }
        }

        return [.. addresses];
    }
}
