using System.Collections.Frozen;
using Godwit.Server.Listeners;

namespace Godwit.Server.Security.Authentication;

/// <summary>All chains of one configuration. Immutable.</summary>
internal sealed class ChainSet
{
    /// <summary>For listeners that name no chain.</summary>
    internal required AuthenticationChain Default { get; init; }

    /// <summary>The others by their names.</summary>
    internal required IReadOnlyDictionary<string, AuthenticationChain> Named { get; init; }

    /// <summary>Every source by its name.</summary>
    internal required IReadOnlyDictionary<string, IAuthenticator> Sources { get; init; }

    /// <summary>Nobody is asked on any listener.</summary>
    internal required bool IsOpen { get; init; }

    /// <summary>Every file that was read.</summary>
    internal required IReadOnlyList<string> Files { get; init; }

    /// <summary>Those of them that hold secrets.</summary>
    internal required IReadOnlyList<string> SecretFiles { get; init; }

    /// <summary>What a person should know, a sentence each.</summary>
    internal required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Sources that hold connections.</summary>
    internal IReadOnlyList<IDisposable> Owned => [.. Sources.Values.OfType<IDisposable>()];

    /// <summary>Authentication Methods of all sources.</summary>
    internal IReadOnlyList<string> Methods => [.. Sources.Values.OfType<IAuthenticationMethods>().SelectMany(source => source.Methods).Distinct(StringComparer.Ordinal)];

    /// <summary>Users of files that are gone since the last reload, or have another password.</summary>
    internal IReadOnlySet<string> Departed { get; private set; } = FrozenSet<string>.Empty;

    /// <summary>Compares with the chains of before.</summary>
    internal void Follow(ChainSet before)
    {
        var files = Sources.Values.OfType<IUserFile>().ToList();
        Departed = before.Sources.Values.OfType<IUserFile>().Except(files)
            .SelectMany(old => old.Logins.Where(login => !files.Exists(file => file.Has(login)) && !old.HasReplaced(login, files)))
            .Select(login => login.UserName)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The chain of a listener.</summary>
    internal AuthenticationChain For(ListenerOptions listener) =>
        listener.Authentication is { } name && Named.TryGetValue(name, out var chain) ? chain : Default;

    /// <summary>The default chain and the others in words.</summary>
    public override string ToString() =>
        string.Join("; ", Named.Select(named => $"{named.Key}: {Words(named.Value)}").Prepend(Words(Default)));

    private static string Words(AuthenticationChain chain) =>
        chain.Sources.Count == 0 ? "nobody is asked" : string.Join(", then ", chain.Sources.Select(source => source.Name));
}
