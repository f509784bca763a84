using System.Globalization;
using System.Net;

namespace Godwit.Server.Protection;

/// <summary>Somebody who may not connect: <c>address 192.0.2.0/24</c>, <c>client pump 7 until 2026-12-24T00:00:00Z</c>, <c>user mallory</c>.</summary>
/// <param name="Kind">By what.</param>
/// <param name="Value">The network, the client identifier or the user, as written.</param>
/// <param name="Until">When it ends; null: never.</param>
public sealed record Ban(BanKind Kind, string Value, DateTimeOffset? Until)
{
    private const string UntilWord = " until ";

    /// <summary>The network of a ban by address.</summary>
    public IPNetwork Network { get; private init; }

    /// <summary>Reads a ban.</summary>
    /// <param name="text">One line.</param>
    /// <param name="ban">Meaningful only when true is returned.</param>
    /// <param name="error">What is wrong, in words; else empty.</param>
    public static bool TryParse(string text, out Ban ban, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ban = null!;
        error = "";
        var words = text.Trim();
        var space = words.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !Enum.GetNames<BanKind>().Contains(words[..space], StringComparer.OrdinalIgnoreCase))
        {
            error = $"'{words}' does not begin with address, client or user and a name";
            return false;
        }

        var value = words[(space + 1)..].Trim();
        DateTimeOffset? until = null;
        var untilAt = value.LastIndexOf(UntilWord, StringComparison.Ordinal);
        if (untilAt > 0)
        {
            if (!DateTimeOffset.TryParse(value[(untilAt + UntilWord.Length)..], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            {
                error = $"'{value[(untilAt + UntilWord.Length)..]}' is not a time such as 2026-12-24T18:00:00Z";
                return false;
            }

            (until, value) = (parsed, value[..untilAt].Trim());
        }

        var kind = Enum.Parse<BanKind>(words[..space], ignoreCase: true);
        var network = default(IPNetwork);
        if (kind == BanKind.Address && !TryParseNetwork(value, out network))
        {
            error = $"'{value}' is not an address, or a network such as 192.0.2.0/24";
            return false;
        }

        ban = new Ban(kind, value, until) { Network = network };
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Until is { } until
        ? string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()} {Value} until {until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")
        : $"{Kind.ToString().ToLowerInvariant()} {Value}";

    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        // 192.0.2.1/24 is mostly a slip, and would be taken for the network around it.
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        network = default;
        return slash > 0 && IPNetwork.TryParse(text, out network) && IPAddress.TryParse(text[..slash], out var start) && network.BaseAddress.Equals(start);
    }
}
