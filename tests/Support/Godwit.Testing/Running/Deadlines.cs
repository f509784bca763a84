namespace Godwit.Testing.Running;

/// <summary>How long the tests wait for a condition before they fail; no test sleeps this long when all is well.</summary>
public static class Deadlines
{
    /// <summary>How many times longer everything may take; tests over bad links set it before the first of them runs.</summary>
    public static double Factor { get; set; } = 1;

    /// <summary>An answer of a program that runs: a line, a message, its end.</summary>
    public static TimeSpan Answer => TimeSpan.FromSeconds(8) * Factor;

    /// <summary>The start of a runtime (.NET, Node.js, Python, Java) on a machine busy with other tests.</summary>
    public static TimeSpan StartUp => TimeSpan.FromSeconds(20) * Factor;

    /// <summary>
    /// What is added where the specification itself counts seconds and a test must be earlier or later than they are over: whole
    /// seconds, none on a good link.
    /// </summary>
    public static TimeSpan Slack => TimeSpan.FromSeconds(Math.Floor((Factor - 1) / 2));
}
