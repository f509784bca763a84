namespace Godwit.Client;

/// <summary>A User Property (5.0 §2.2.2.2): names may repeat, the order is kept.</summary>
/// <param name="Name">Text without U+0000, at most 65,535 bytes of UTF-8; may be empty.</param>
/// <param name="Value">Like the name.</param>
public readonly record struct MqttUserProperty(string Name, string Value);
