namespace Godwit.Conformance.Wire;

/// <summary>The statement does not apply to this broker, e.g. because it offers no retained messages.</summary>
public sealed class CheckSkippedException(string reason) : Exception(reason);
