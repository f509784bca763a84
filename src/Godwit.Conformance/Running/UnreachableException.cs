namespace Godwit.Conformance.Running;

/// <summary>There is no broker to judge: no connection, or no CONNACK. The message says what was tried and what happened.</summary>
public sealed class UnreachableException(string message) : Exception(message);
