using Godwit.Server.Configuration;
using Godwit.Server.Hosting;

namespace Godwit.Server.Security.Authentication;

/// <summary>Where the keys of authentication stand, and how elements of their arrays are found.</summary>
internal static class AuthenticationSection
{
    internal const string Path = "Authentication";
    private const string SourcesPath = Path + ":Sources";
    private const string ChainsPath = Path + ":Chains";

    /// <summary>All keys.</summary>
    internal static IReadOnlyList<ConfigurationKey> Keys { get; } =
    [
        .. AuthenticationKeys.All.At(Path, (options, _, _) => options.Authentication),
        .. AuthenticationKeys.Source.At(SourcesPath + ":*", (options, indices, isForWriting) => Find(options.Authentication.Sources, indices[0], isForWriting)),
        .. AuthenticationKeys.Chain.At(ChainsPath + ":*", (options, indices, isForWriting) => Find(options.Authentication.Chains, indices[0], isForWriting)),
    ];

    /// <summary>How many elements there are.</summary>
    internal static IEnumerable<(string Path, Func<ServerOptions, IReadOnlyList<int>, int> Count)> Arrays =>
    [
        (SourcesPath, (options, _) => options.Authentication.Sources.Count),
        (ChainsPath, (options, _) => options.Authentication.Chains.Count),
    ];

    private static T? Find<T>(IList<T> list, int index, bool isForWriting)
        where T : class, new()
    {
        while (isForWriting && list.Count <= index)
        {
            list.Add(new T());
        }

        return index < list.Count ? list[index] : null;
    }
}
