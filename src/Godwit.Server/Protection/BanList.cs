using System.Net;
using Godwit.Broker.Protection;

namespace Godwit.Server.Protection;

/// <summary>All bans that are written down. Immutable; a reload makes a new one.</summary>
public sealed class BanList
{
    private readonly List<Ban> _networks;
    private readonly Dictionary<string, Ban> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ban> _users = new(StringComparer.Ordinal);

    /// <summary>Makes a list; of two bans of the same name the last counts.</summary>
    public BanList(IEnumerable<Ban> bans)
    {
        _networks = [];
        foreach (var ban in bans)
        {
            switch (ban.Kind)
            {
                case BanKind.Address:
                    _networks.Add(ban);
                    break;

                case BanKind.Client:
                    _clients[ban.Value] = ban;
                    break;

                default:
                    _users[ban.Value] = ban;
                    break;
            }
        }
    }

    /// <summary>Number of bans.</summary>
    public int Count => _networks.Count + _clients.Count + _users.Count;

    /// <summary>Some are by address.</summary>
    public bool HasAddresses => _networks.Count > 0;

    /// <summary>The ban that holds for somebody now.</summary>
    /// <param name="address">Null: not known.</param>
    /// <param name="clientId">The client identifier.</param>
    /// <param name="userName">Null: none.</param>
    /// <param name="now">A ban that has ended does not count.</param>
    /// <param name="reason">By what.</param>
    /// <returns>Null: none does.</returns>
    public Ban? Find(IPAddress? address, string clientId, string? userName, DateTimeOffset now, out ProtectionReason reason)
    {
        reason = ProtectionReason.BannedAddress;
        if (address is not null && FindAddress(address, now) is { } network)
        {
            return network;
        }

        reason = ProtectionReason.BannedClientId;
        if (_clients.TryGetValue(clientId, out var client) && Holds(client, now))
        {
            return client;
        }

        reason = ProtectionReason.BannedUser;
        return userName is not null && _users.TryGetValue(userName, out var user) && Holds(user, now) ? user : null;
    }

    /// <summary>The ban that holds for an address now; null: none does.</summary>
    public Ban? FindAddress(IPAddress address, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Find(ban => ban.Network.Contains(plain) && Holds(ban, now));
    }

    /// <summary>Reads the bans of a section, its file included.</summary>
    /// <param name="options">The section.</param>
    /// <param name="errors">What is wrong, each with file and line.</param>
    public static BanList Read(ProtectionOptions options, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(errors);
        var bans = new List<Ban>();
        Add(options.Bans, number => $"Protection:Bans:{number}", bans, errors);
        if (options.BanFile is { } file)
        {
            try
            {
                Add(File.ReadAllLines(file), number => $"{file}:{number + 1}", bans, errors);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                errors.Add($"Protection:BanFile: {exception.Message}");
            }
        }

        return new BanList(bans);
    }

    private static void Add(IReadOnlyList<string> lines, Func<int, string> place, List<Ban> bans, List<string> errors)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Trim().Length == 0 || lines[i].TrimStart().StartsWith('#'))
            {
                continue;
            }

            if (Ban.TryParse(lines[i], out var ban, out var error))
            {
                bans.Add(ban);
            }
            else
            {
                errors.Add($"{place(i)}: {error}");
            }
        }
    }

    private static bool Holds(Ban ban, DateTimeOffset now) => ban.Until is not { } until || now < until;
}
