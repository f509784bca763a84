using Godwit.Interop.Clients;

namespace Godwit.Interop.Echo;

/// <summary>What the library of an echo program can do.</summary>
public interface IEchoAbilities : IVersions
{
    /// <summary>The QoS levels it publishes at.</summary>
    static abstract IReadOnlyList<int> QoSLevels { get; }
}
