using System.Diagnostics;

namespace Godwit.Fuzz.Commands;

/// <summary>In a Debug build a failed <see cref="Debug.Assert(bool)"/> becomes an exception, and so a finding with its input.</summary>
internal sealed class AssertionListener : TraceListener
{
    public override void Fail(string? message, string? detailMessage) =>
        throw new InvalidOperationException($"Assertion failed: {message} {detailMessage}");

    public override void Write(string? message)
    {
    }

    public override void WriteLine(string? message)
    {
    }
}
