namespace Godwit.Simulation.Runs;

/// <summary>Which situations were met.</summary>
public sealed class SituationSet
{
    private readonly bool[] _isHit = new bool[Enum.GetValues<Situation>().Length];

    /// <summary>Those that were not met.</summary>
    public IEnumerable<Situation> Missing => Enum.GetValues<Situation>().Where(situation => !_isHit[(int)situation]);

    /// <summary>It was met.</summary>
    public void Hit(Situation situation) => _isHit[(int)situation] = true;

    /// <summary>It was met.</summary>
    public bool Contains(Situation situation) => _isHit[(int)situation];

    /// <summary>What was met in another run counts here too.</summary>
    public void Add(SituationSet other)
    {
        for (var i = 0; i < _isHit.Length; i++)
        {
            _isHit[i] |= other._isHit[i];
        }
    }
}
