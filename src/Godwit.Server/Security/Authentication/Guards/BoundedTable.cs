namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>
/// A table that never has more than its number of entries: it forgets those that were not touched for the longest time, roughly. Two halves:
/// entries live in the young one; when that is full, it becomes the old one, and what is touched there comes back. Not for several threads.
/// </summary>
/// <param name="entriesMax">At least 2.</param>
internal sealed class BoundedTable<TKey, TValue>(int entriesMax)
    where TKey : notnull
{
    private readonly int _halfMax = Math.Max(1, entriesMax / 2);
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];

    /// <summary>Entries.</summary>
    internal int Count => _young.Count + _old.Count;

    /// <summary>Finds an entry, which makes it young.</summary>
    internal bool TryGet(TKey key, out TValue value)
    {
        if (_young.TryGetValue(key, out value!))
        {
            return true;
        }

        if (!_old.Remove(key, out value!))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    /// <summary>Adds an entry, or replaces it.</summary>
    internal void Set(TKey key, TValue value)
    {
        if (_young.Count >= _halfMax && !_young.ContainsKey(key))
        {
            _old = _young;
            _young = [];
        }

        _old.Remove(key);
        _young[key] = value;
    }

    /// <summary>Removes an entry, if it is there.</summary>
    internal void Remove(TKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }

    /// <summary>Removes all.</summary>
    internal void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
