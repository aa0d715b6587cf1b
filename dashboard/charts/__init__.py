"""Rows of `wording` → Plotly figures. Nothing here knows Streamlit; every text comes from `wording`, and every colour from `theme`."""
