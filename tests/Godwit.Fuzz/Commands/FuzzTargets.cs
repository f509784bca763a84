using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Targets;

namespace Godwit.Fuzz.Commands;

/// <summary>All targets. They hold state of their own, so each run takes new ones.</summary>
internal static class FuzzTargets
{
    private static readonly Func<FuzzTarget>[] Makers =
    [
        () => new PacketReaderTarget(),
        () => new PacketReaderSplitTarget(),
        () => new ReaderWriterTarget(),
        () => new PropertyMatrixTarget(),
        () => new TopicMatcherTarget(),
        () => new BrokerTarget(),
        () => new ClientTarget(),
        () => new AclFileTarget(),
        () => new ConfigurationTarget(),
        () => new MosquittoConfTarget(),
        () => new UnitWordsTarget(),
        () => new ProxyHeaderTarget(),
        () => new ClientHelloTarget(),
        () => new WebSocketFramesTarget(),
        () => new WebSocketHeadersTarget(),
        () => new TokenTarget(),
        () => new TokenKeysTarget(),
        () => new ScramTarget(),
        () => new PasswordLineTarget(),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Makers.Select(make => make().Name)];

    /// <summary>A target by its name; null when there is none.</summary>
    public static FuzzTarget? Find(string name) => Makers.Select(make => make()).FirstOrDefault(target => target.Name == name);
}
