using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Security;

/// <summary>The questions the core asks about rights. Called from any thread; answers at once.</summary>
public interface IAccessPolicy
{
    /// <summary>May this client connect? Asked before any session is touched.</summary>
    /// <param name="connect">The whole CONNECT, already well formed.</param>
    /// <returns>Success, or the code of the refusal; 3.x clients get its return code.</returns>
    ConnackReasonCode Connect(in ConnectPacket connect);

    /// <summary>May this client publish to a topic? Wills are asked about too.</summary>
    /// <param name="clientId">Who.</param>
    /// <param name="userName">As whom; null without a user name.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    bool MayPublish(string clientId, string? userName, ReadOnlySpan<byte> topic);

    /// <summary>May this client subscribe?</summary>
    /// <param name="clientId">Who.</param>
    /// <param name="userName">As whom; null without a user name.</param>
    /// <param name="filter">Topic Filter without <c>$share</c>, UTF-8.</param>
    bool MaySubscribe(string clientId, string? userName, ReadOnlySpan<byte> filter);
}
