using Godwit.Broker.Security;
using Godwit.Protocol;

namespace Godwit.Server.Logging;

/// <summary>Finds out what has denied a request, e.g. a rule with its file and line; asked only when it is to be logged.</summary>
/// <param name="who">Who asked.</param>
/// <param name="isSubscribe">A SUBSCRIBE; else a PUBLISH.</param>
/// <param name="topic">Topic Name, or Topic Filter without <c>$share</c>, as the broker knows it; UTF-8.</param>
/// <param name="qos">Of the request.</param>
/// <param name="retain">Of the PUBLISH.</param>
internal delegate string DenialReason(in Subject who, bool isSubscribe, ReadOnlySpan<byte> topic, QoS qos, bool retain);
