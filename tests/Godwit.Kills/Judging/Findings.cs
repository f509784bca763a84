using System.Globalization;

namespace Godwit.Kills.Judging;

/// <summary>Everything that was found wrong: counted, with the first few of each kind in words.</summary>
internal sealed class Findings
{
    private const int ExamplesMax = 8;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<Fault, (int Count, List<string> Examples)> _faults = [];

    /// <summary>All kinds together.</summary>
    public int Total
    {
        get
        {
            lock (_lock)
            {
                return _faults.Values.Sum(fault => fault.Count);
            }
        }
    }

    /// <summary>How often this was found.</summary>
    public int this[Fault fault]
    {
        get
        {
            lock (_lock)
            {
                return _faults.TryGetValue(fault, out var found) ? found.Count : 0;
            }
        }
    }

    public void Add(Fault fault, string example)
    {
        lock (_lock)
        {
            var (count, examples) = _faults.GetValueOrDefault(fault, (0, []));
            if (examples.Count < ExamplesMax)
            {
                examples.Add(example);
            }

            _faults[fault] = (count + 1, examples);
        }
    }

    /// <summary>One line for each example; empty when nothing was found.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return string.Concat(_faults.Select(fault => string.Create(
                CultureInfo.InvariantCulture,
                $"{fault.Key}: {fault.Value.Count}\n{string.Concat(fault.Value.Examples.Select(example => $"    {example}\n"))}")));
        }
    }
}
