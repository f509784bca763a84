namespace Godwit.Testing.Running;

/// <summary>How long the tests wait for a condition before they fail; no test sleeps this long when all is well.</summary>
public static class Deadlines
{
    /// <summary>An answer of a program that runs: a line, a message, its end.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(8);

    /// <summary>The start of a runtime (.NET, Node.js, Python, Java) on a machine busy with other tests.</summary>
    public static readonly TimeSpan StartUp = TimeSpan.FromSeconds(20);
}
