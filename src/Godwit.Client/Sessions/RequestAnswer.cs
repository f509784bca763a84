namespace Godwit.Client.Sessions;

/// <summary>SUBACK or UNSUBACK.</summary>
/// <param name="ReasonCodes">One byte a filter; empty with an UNSUBACK of 3.x.</param>
/// <param name="ReasonString">The server's words; null when it gave none.</param>
internal sealed record RequestAnswer(byte[] ReasonCodes, string? ReasonString);
