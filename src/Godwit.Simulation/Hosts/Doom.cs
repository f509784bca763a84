namespace Godwit.Simulation.Hosts;

/// <summary>Ends the broker's process between two of its effects: calls of the disk, and bytes handed to the network.</summary>
internal sealed class Doom
{
    private int _effectsLeft = -1;

    /// <summary>The process will end.</summary>
    public bool IsArmed => _effectsLeft >= 0;

    /// <summary>So many effects still happen, and the next does not.</summary>
    public void Arm(int effects) => _effectsLeft = effects;

    /// <summary>The process lives on.</summary>
    public void Disarm() => _effectsLeft = -1;

    /// <summary>An effect is about to happen.</summary>
    /// <exception cref="ProcessEndedException">It does not.</exception>
    public void Pass()
    {
        if (_effectsLeft >= 0 && _effectsLeft-- == 0)
        {
            throw new ProcessEndedException();
        }
    }
}
