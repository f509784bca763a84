namespace Godwit.Conformance.Running;

/// <summary>One normative statement.</summary>
/// <param name="Id">The tag: <c>MQTT-</c> for 5.0, <c>MQTT3-</c> for 3.1.1, <c>MQTT31-</c> for a difference of 3.1.</param>
/// <param name="Version">3.1, 3.1.1 or 5.0.</param>
/// <param name="Section">Where it stands.</param>
/// <param name="Who">server, client or both.</param>
/// <param name="Level">MUST, MUST NOT, ...</param>
/// <param name="Meaning">What it says, shortened.</param>
public sealed record Statement(string Id, string Version, string Section, string Who, string Level, string Meaning);
